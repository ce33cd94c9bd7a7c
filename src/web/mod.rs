//! The doors: webhooks, media socket, API.
