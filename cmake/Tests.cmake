# tests/<folder>/*.cc, with at least one *_test.cc, is the executable test_<folder>;
# tests/support/*.cc is linked into each. New files and folders need no edit here.  Each run leaves
# results/<name>.xml in the build folder, which tests/run.sh counts.

# Long suites, run as two CTest tests so that two cores finish together.
set(sharded_folders contract engine crash rules)
# Suites that pass again with the locks of a private SQLite (src/sqlite/private_locks.h).
set(private_locks_folders storage line)
# Suites whose tests on a disk that fails pass again with a journal in front of SQLite.
set(journal_folders crash)
# A suite with an SQLite of its own, so that the shared library can be a second one in its process.
set(static_sqlite_folders two_sqlites)
# Suites that measure waiting: nothing else runs beside them.
set(serial_folders processes redis postgres scale)
# What a folder is built with besides its own: servers to start, operations to play.
set(scale_also tests/postgres/pg_server.cc tests/redis/redis_cluster.cc tests/redis/redis_server.cc
  tests/model/best_model.cc tests/model/hall_model.cc tests/model/ops.cc tests/model/script.cc)
# Suites that find a PostgreSQL and a Redis of their own in the environment.
set(beside_servers_folders cli capi)

# It links an executable in a fifth of the time, and there are hundreds to link for planted bugs.
find_program(SEATHOLD_LLD ld.lld)

file(GLOB support_sources CONFIGURE_DEPENDS tests/support/*.cc)
if(support_sources)
  add_library(seathold_test_support OBJECT ${support_sources})
  seathold_test_target(seathold_test_support)
  target_link_libraries(seathold_test_support PRIVATE seathold::cpp GTest::gmock SQLite::SQLite3
    OpenSSL::Crypto fmt::fmt)
endif()

function(seathold_add_test name target)
  set(environment ${ARGN} "GTEST_OUTPUT=xml:${PROJECT_BINARY_DIR}/results/${name}.xml"
    "SEATHOLD_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
  if(TARGET seathold_cli)
    list(APPEND environment "SEATHOLD_CLI=$<TARGET_FILE:seathold_cli>")
  endif()
  if(TARGET seathold_web)
    list(APPEND environment "SEATHOLD_WEB=$<TARGET_FILE:seathold_web>")
  endif()
  set(beside)
  if(name IN_LIST beside_servers_folders)
    set(beside sh ${PROJECT_SOURCE_DIR}/tests/support/with_servers.sh)
  endif()
  add_test(NAME ${name} COMMAND ${beside} $<TARGET_FILE:${target}>)
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "${environment}")
endfunction()

# With the archive in front nothing is left that the shared library would have to resolve, and what
# the archive brings is nobody else's.
function(seathold_link_static_sqlite target)
  target_link_libraries(${target} PRIVATE ${SQLite3_STATIC_LIBRARY} m ${CMAKE_DL_LIBS})
  target_link_options(${target} PRIVATE -Wl,--as-needed -Wl,--exclude-libs,libsqlite3.a)
endfunction()

# What the tests of a folder see: the C ones the C library and nothing behind it.
function(seathold_link_test folder target)
  if(folder STREQUAL capi)
    target_link_libraries(${target} PRIVATE seathold::c GTest::gtest_main)
    target_include_directories(${target} PRIVATE include)  # for the list of codes, which is a macro
    return()
  endif()
  target_link_libraries(${target} PRIVATE seathold::cpp GTest::gtest_main GTest::gmock)
  if(folder IN_LIST static_sqlite_folders)
    seathold_link_static_sqlite(${target})
  endif()
  target_link_libraries(${target} PRIVATE SQLite::SQLite3 OpenSSL::Crypto fmt::fmt)
  if(folder STREQUAL postgres OR folder STREQUAL scale)
    target_include_directories(${target} SYSTEM PRIVATE ${LIBPQ_INCLUDE_DIR})
  endif()
  set(optionals seathold_test_support rapidcheck)
  if(folder STREQUAL demo)
    list(APPEND optionals seathold_demo)
  endif()
  if(folder STREQUAL web)
    list(APPEND optionals seathold_web_host)
  endif()
  foreach(optional IN LISTS optionals)
    if(TARGET ${optional})
      target_link_libraries(${target} PRIVATE ${optional})
    endif()
  endforeach()
endfunction()

function(seathold_add_test_folder folder sources)
  set(target test_${folder})
  add_executable(${target} ${sources})
  seathold_test_target(${target})
  seathold_link_test(${folder} ${target})
  if(SEATHOLD_LLD)
    target_link_options(${target} PRIVATE -fuse-ld=lld)
  endif()
  if(folder STREQUAL cli AND TARGET seathold_cli)
    add_dependencies(${target} seathold_cli)
  endif()
  if(folder STREQUAL web)
    add_dependencies(${target} seathold_web)
  endif()
  if(folder IN_LIST sharded_folders)
    foreach(shard 0 1)
      seathold_add_test(${folder}.${shard} ${target}
        GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=${shard})
    endforeach()
  else()
    seathold_add_test(${folder} ${target})
  endif()
  if(folder IN_LIST private_locks_folders)
    seathold_add_test(${folder}.private_locks ${target} SEATHOLD_TEST_PRIVATE_LOCKS=1)
  endif()
  if(folder IN_LIST journal_folders)
    seathold_add_test(${folder}.journal ${target} SEATHOLD_TEST_JOURNAL=1
      "GTEST_FILTER=*-EveryCall*:*OfACheckpoint*:FullDisk.IsToldByAnOpen*")
  endif()
  if(folder IN_LIST serial_folders)
    set_tests_properties(${folder} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()

file(GLOB test_files CONFIGURE_DEPENDS tests/*/*.cc)
set(test_folders ${test_files})
list(FILTER test_folders INCLUDE REGEX "_test\\.cc$")
list(TRANSFORM test_folders REPLACE ".*/([^/]+)/[^/]+$" "\\1")
list(REMOVE_DUPLICATES test_folders)
if(NOT SEATHOLD_POSTGRES)
  list(REMOVE_ITEM test_folders postgres)
endif()
if(NOT SEATHOLD_REDIS)
  list(REMOVE_ITEM test_folders redis)
endif()
if(NOT SEATHOLD_POSTGRES OR NOT SEATHOLD_REDIS)
  list(REMOVE_ITEM test_folders scale)
endif()
if(NOT SEATHOLD_BUILD_WEB)
  list(REMOVE_ITEM test_folders web)
endif()
foreach(folder IN LISTS test_folders)
  set(sources ${test_files})
  list(FILTER sources INCLUDE REGEX "/tests/${folder}/[^/]+$")
  list(APPEND sources ${${folder}_also})
  seathold_add_test_folder(${folder} "${sources}")
endforeach()
