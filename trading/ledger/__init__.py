"""The public ledger: every act is an entry of a Merkle tree that witnesses cosign and anybody can verify offline."""
