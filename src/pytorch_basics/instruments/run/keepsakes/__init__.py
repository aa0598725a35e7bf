"""What a learner kept of parameters: arrays, states and aliases of their memory."""
