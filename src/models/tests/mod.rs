mod conversion;
mod fetching;
mod finding;
