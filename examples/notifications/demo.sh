#!/bin/sh
# Deploys the example to a local cloud, publishes a message and shows the e-mail that arrives.
set -eu

run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

run preamp sandbox --once
run preamp mail clear
run preamp invoke CustomNotifications/Publisher \
    --event '{"recipient": "ada@example.org", "subject": "Hello", "body": "It works."}'
run preamp mail show --wait 30

printf '\n$ cat amplify_outputs.json\n'
cat amplify_outputs.json
printf '\nThe local cloud goes on. Stop it with: cd %s && %s sandbox stop\n' "$(pwd)" "$(command -v preamp)"
