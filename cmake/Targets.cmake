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

# Batches of a target's files, folder by folder: which files meet in one does not depend on which
# other folders are built, so that names that clash do so in every build or in none.
function(seathold_batches_by_folder target)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    get_filename_component(folder ${source} DIRECTORY)
    string(MAKE_C_IDENTIFIER "${folder}" folder)
    math(EXPR batch "${${folder}_files} + 0")
    math(EXPR ${folder}_files "${batch} + 1")
    math(EXPR batch "${batch} / 8")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${batch})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
endfunction()

# Test code: compiled quickly, since the library is what runs. Under UndefinedBehaviorSanitizer only
# the library is watched for that; AddressSanitizer and ThreadSanitizer watch both.
function(seathold_test_target target)
  seathold_target(${target} UNITY ${SEATHOLD_UNITY_TESTS})
  target_compile_options(${target} PRIVATE -O0 -fno-sanitize=undefined)
endfunction()
