from core.training.commands import main

main()
