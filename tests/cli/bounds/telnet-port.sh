every_command telnet-port rfc2217
