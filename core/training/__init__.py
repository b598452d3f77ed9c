"""How the networks were made: damage on sound photographs, training, evaluation. Never imported at run time."""
