//! Twilio: signed webhooks, TwiML, media streams and the REST control.
