# What all our targets share: warnings, no compiler extensions, includes from the root of the tree.
function(seathold_target target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "UNITY" "")
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF
    UNITY_BUILD ${arg_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  # sign-conversion: g++ leaves it out of -Wconversion, clang does not. missing-field-initializers:
  # designated initializers leave out what keeps its default.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wconversion
    -Wno-sign-conversion -Wno-missing-field-initializers
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
    $<$<BOOL:${SEATHOLD_WERROR}>:-Werror>)
endfunction()

# Test code: compiled quickly, since the library is what runs. Under UndefinedBehaviorSanitizer only
# the library is watched for that; AddressSanitizer and ThreadSanitizer watch both.
function(seathold_test_target target)
  seathold_target(${target} UNITY ${SEATHOLD_UNITY_TESTS})
  target_compile_options(${target} PRIVATE -O0 -fno-sanitize=undefined)
endfunction()
