# find_package(seathold) gives seathold::c and seathold::cpp; pkg-config knows seathold and
# seathold-cpp. None holds an absolute path of ours, so an installed tree may be moved. Each library
# has an export of its own: who wants the C one needs nothing that the C++ one leans on.
# `cmake --install BUILD --component NAME`: runtime (the shared library), dev (headers, archives,
# package files), cli (the command line tool), web (the web host); without a component, all of them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/seathold)
install(TARGETS seathold_cpp EXPORT seathold
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(EXPORT seathold NAMESPACE seathold:: FILE seatholdTargets.cmake DESTINATION ${package_dir}
  COMPONENT dev)
foreach(library c c_static)
  install(TARGETS seathold_${library} EXPORT seathold_${library}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
  install(EXPORT seathold_${library} NAMESPACE seathold:: FILE seathold_${library}.cmake
    DESTINATION ${package_dir} COMPONENT dev)
endforeach()
configure_package_config_file(cmake/seatholdConfig.cmake.in seatholdConfig.cmake
  INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor release may change the API.
write_basic_package_version_file(seatholdConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/seatholdConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/seatholdConfigVersion.cmake cmake/FindArgon2.cmake
  cmake/FindUtf8proc.cmake cmake/FindHiredis.cmake DESTINATION ${package_dir} COMPONENT dev)

set(seathold_pc_hiredis)
if(SEATHOLD_REDIS)
  set(seathold_pc_hiredis "-lhiredis ")
endif()
file(RELATIVE_PATH prefix_from_pc /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(cmake/seathold-cpp.pc.in seathold-cpp.pc @ONLY)
configure_file(cmake/seathold.pc.in seathold.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/seathold-cpp.pc ${CMAKE_CURRENT_BINARY_DIR}/seathold.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

foreach(component runtime dev cli)
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/seathold
    COMPONENT ${component})
endforeach()
if(TARGET seathold_cli)
  install(TARGETS seathold_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT cli)
endif()
if(TARGET seathold_web)
  install(TARGETS seathold_web RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT web)
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/seathold COMPONENT web)
endif()
