//! A simulated carrier that places calls through the very same webhook and socket.
