"""Records to tables: schemas, frames, curated rows, contracts and findings. See the modules."""
