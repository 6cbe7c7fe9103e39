"""The rules, pure: who pays, how fast it ships, whether the warranty holds, and why."""
