"""The walk of a tender: from the project to the signed opening record, through the API alone."""
