"""The stages of a procedure, one file each, from registration to the tracking of the contract."""
