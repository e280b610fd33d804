every_command telnet-options rfc2217
