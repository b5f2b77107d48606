"""The console: screens over the desk, drawn line by line; they hold one fact, which ticket is selected."""
