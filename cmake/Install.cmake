# Installs the engine, its public headers and a package that find_package(sluice) takes.
include(CMakePackageConfigHelpers)

install(TARGETS sluice_scheduler sluice_io sluice_signers sluice_engine
        EXPORT sluice ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS sluice RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# The manual and the completions come out of the command itself, which has the tables.
install(CODE "set(data \"${CMAKE_INSTALL_DATADIR}\")")
install(CODE [[
  set(share "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${data}")
  message(STATUS "Installing: ${share}/man/man1/sluice*.1")
  execute_process(COMMAND "$<TARGET_FILE:sluice>" version --man "${share}/man/man1" COMMAND_ERROR_IS_FATAL ANY)
  set(bash bash-completion/completions/sluice)
  set(zsh zsh/site-functions/_sluice)
  set(fish fish/vendor_completions.d/sluice.fish)
  foreach(shell bash zsh fish)
    message(STATUS "Installing: ${share}/${${shell}}")
    execute_process(COMMAND "$<TARGET_FILE:sluice>" completion ${shell} OUTPUT_VARIABLE script COMMAND_ERROR_IS_FATAL ANY)
    file(WRITE "${share}/${${shell}}" "${script}")
  endforeach()
]])
install(DIRECTORY include/sluice DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT sluice NAMESPACE sluice_ FILE sluiceTargets.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sluice)
configure_package_config_file(cmake/sluiceConfig.cmake.in ${CMAKE_BINARY_DIR}/sluiceConfig.cmake
        INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sluice)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sluiceConfigVersion.cmake
        COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/sluiceConfig.cmake ${CMAKE_BINARY_DIR}/sluiceConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sluice)
