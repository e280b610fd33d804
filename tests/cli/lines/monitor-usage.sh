"$ESPFLASH" monitor -p /nowhere --elf app.elf
"$ESPFLASH" monitor -p /nowhere --monitor-baud fast
"$ESPFLASH" monitor -p /nowhere
