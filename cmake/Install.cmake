# Files and folders for `cmake --install`. `--component library` installs the library alone.
install(TARGETS espflash-c espsim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(BUILD_SHARED_LIBS)
	install(TARGETS espflash-shared COMPONENT library
		LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
		ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
else()
	install(TARGETS espflash ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
endif()
install(DIRECTORY include/espflash DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library
	FILES_MATCHING PATTERN "*.h")
file(RELATIVE_PATH EF_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" EF_PC_PREFIX "${EF_PC_PREFIX}")
configure_file(cmake/espflash.pc.in espflash.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/espflash.pc
	DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(FILES cmake/70-espflash-c.rules DESTINATION lib/udev/rules.d)
install(FILES LICENSE README.md docs/json.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The program itself generates the completion scripts.
set(_completions
	"bash:${CMAKE_INSTALL_DATADIR}/bash-completion/completions:espflash-c"
	"zsh:${CMAKE_INSTALL_DATADIR}/zsh/site-functions:_espflash-c"
	"fish:${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d:espflash-c.fish")
foreach(_entry ${_completions})
	string(REPLACE ":" ";" _parts ${_entry})
	list(GET _parts 0 _shell)
	list(GET _parts 1 _dir)
	list(GET _parts 2 _file)
	set(_out ${CMAKE_CURRENT_BINARY_DIR}/completions/${_shell}/${_file})
	add_custom_command(OUTPUT ${_out}
		COMMAND ${CMAKE_COMMAND} -E make_directory
			${CMAKE_CURRENT_BINARY_DIR}/completions/${_shell}
		COMMAND espflash-c completions ${_shell} > ${_out}
		DEPENDS espflash-c VERBATIM)
	list(APPEND _completion_files ${_out})
	install(FILES ${_out} DESTINATION ${_dir})
endforeach()
add_custom_target(completions ALL DEPENDS ${_completion_files})
