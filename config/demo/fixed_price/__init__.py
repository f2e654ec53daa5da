"""A fixed-price comparison, walked stage by stage: the same story seeds the demonstration and proves the API."""
