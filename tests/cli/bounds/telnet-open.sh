every_command telnet-open rfc2217
