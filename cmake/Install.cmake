# find_package(seathold) gives seathold::c and seathold::cpp; pkg-config knows seathold and
# seathold-cpp. None holds an absolute path of ours, so an installed tree may be moved. Each library
# has an export of its own: who wants the C one needs nothing that the C++ one leans on.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/seathold)
install(TARGETS seathold_cpp EXPORT seathold
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT seathold NAMESPACE seathold:: FILE seatholdTargets.cmake DESTINATION ${package_dir})
foreach(library c c_static)
  install(TARGETS seathold_${library} EXPORT seathold_${library}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT seathold_${library} NAMESPACE seathold:: FILE seathold_${library}.cmake
    DESTINATION ${package_dir})
endforeach()
configure_package_config_file(cmake/seatholdConfig.cmake.in seatholdConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(seatholdConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/seatholdConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/seatholdConfigVersion.cmake cmake/FindArgon2.cmake cmake/FindUtf8proc.cmake
  DESTINATION ${package_dir})

file(RELATIVE_PATH prefix_from_pc /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(cmake/seathold-cpp.pc.in seathold-cpp.pc @ONLY)
configure_file(cmake/seathold.pc.in seathold.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/seathold-cpp.pc ${CMAKE_CURRENT_BINARY_DIR}/seathold.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET seathold_cli)
  install(TARGETS seathold_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
