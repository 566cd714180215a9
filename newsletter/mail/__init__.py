"""What a mail is made of. Knows no models, so that models, services and views may all use it."""
