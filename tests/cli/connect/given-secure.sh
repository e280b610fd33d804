# In secure download mode an ESP32-C2 has one rate, so no other rate is advised.
board --chip esp32c2 --quiet --secure-download
head -c 4096 /dev/zero | tr '\0' x >data
"$ESPFLASH" write-bin -B 921600 0x10000 data --chip esp32c2 >out 2>&1 || cat out
grep -o "this chip can't change its rate.*" out
grep -c 'Rate: ' out
:
