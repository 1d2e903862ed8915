#!/bin/sh
# Deploys the example to a local cloud, publishes a message and shows the e-mail that arrives.
set -eu

# shows a command as one would type it, and runs it
run() {
    printf '\n$ %s\n' "$1"
    eval "$1"
}

run 'preamp sandbox --once'
run 'preamp mail clear'
run 'preamp invoke CustomNotifications/Publisher \
    --event '\''{"recipient": "ada@example.org", "subject": "Hello", "body": "It works."}'\'
run 'preamp mail show --wait 30'
run 'sed -n "/\"custom\"/,\$p" amplify_outputs.json'

printf '\nThe local cloud goes on. Stop it with:\n  cd %s && %s sandbox stop\n' \
    "$(pwd)" "$(command -v preamp)"
