//! Initialisation, configuration, import, threads, and the modules `sys` and `builtins`.
