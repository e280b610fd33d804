every_command telnet-nop rfc2217
