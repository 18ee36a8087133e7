# What a shell of the temporary root gets that sh -c or su -c has started, so
# that what it does shows in the log. The real commands of these names do the work.
kill() { /.svcjify/stub kill "$@"; }
