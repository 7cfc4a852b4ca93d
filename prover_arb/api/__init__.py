"""What others reach over HTTP: the service that judges and proves, and the shop of attempts."""
