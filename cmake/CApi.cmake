# The C library: libseathold.so, with a stable ABI, and libseathold.a, for those who link it in.
# Both hold the objects of seathold_cpp, which are compiled once, and the shim of capi/.
file(GLOB capi_sources CONFIGURE_DEPENDS capi/*.cc)
add_library(seathold_shim OBJECT ${capi_sources})
seathold_target(seathold_shim UNITY ${SEATHOLD_UNITY})
set_target_properties(seathold_shim PROPERTIES POSITION_INDEPENDENT_CODE ON
  CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
target_include_directories(seathold_shim PRIVATE include)
# Whole debug information: what abidiff compares.
target_compile_options(seathold_shim PRIVATE $<$<CONFIG:RelWithDebInfo>:-g>)

add_library(seathold_c SHARED $<TARGET_OBJECTS:seathold_shim>)
add_library(seathold::c ALIAS seathold_c)
set_target_properties(seathold_c PROPERTIES OUTPUT_NAME seathold EXPORT_NAME c
  LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LINK_DEPENDS ${PROJECT_SOURCE_DIR}/capi/seathold.map)
target_sources(seathold_c PUBLIC FILE_SET HEADERS BASE_DIRS capi/include
  FILES capi/include/seathold.h capi/include/seathold_single.h)
target_link_libraries(seathold_c PRIVATE $<BUILD_INTERFACE:seathold_cpp>)
# nodelete: threads and exit handlers of what it leans on must not outlive its code.
target_link_options(seathold_c PRIVATE
  LINKER:--version-script=${PROJECT_SOURCE_DIR}/capi/seathold.map
  LINKER:-z,nodelete LINKER:-z,relro LINKER:-z,now LINKER:--as-needed)

# Only our own objects: what they lean on is named to the linker by seathold.pc and CMake.
add_library(seathold_c_static STATIC $<TARGET_OBJECTS:seathold_shim>
  $<TARGET_OBJECTS:seathold_cpp>)
add_library(seathold::c_static ALIAS seathold_c_static)
set_target_properties(seathold_c_static PROPERTIES OUTPUT_NAME seathold EXPORT_NAME c_static
  LINKER_LANGUAGE CXX)
target_sources(seathold_c_static PUBLIC FILE_SET HEADERS BASE_DIRS capi/include
  FILES capi/include/seathold.h capi/include/seathold_single.h)
# stdc++ and m by name: a C project does not link what a C++ compiler links by itself.
target_link_libraries(seathold_c_static PRIVATE Threads::Threads SQLite::SQLite3 OpenSSL::Crypto
  Argon2::Argon2 Utf8proc::Utf8proc date::date-tz ${seathold_fmt} ${seathold_hiredis}
  stdc++ m)

if(SEATHOLD_SELF_CONTAINED)
  # How a private SQLite locks its files is the core's to know.
  target_compile_definitions(seathold_cpp PRIVATE SEATHOLD_PRIVATE_SQLITE)
  target_compile_definitions(seathold_shim PRIVATE SEATHOLD_PRIVATE_SQLITE)
  # date-tz has no archive: it is shipped beside the library.
  set_target_properties(seathold_c PROPERTIES BUILD_RPATH "$ORIGIN" INSTALL_RPATH "$ORIGIN")
endif()
