# The stub images that cmake/Stubs.cmake embeds.
ef_add_stubs(espflash)
