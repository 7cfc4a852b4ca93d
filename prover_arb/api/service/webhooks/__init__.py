"""Webhooks: tells customers that an order has ended, in the form of standardwebhooks.com.

order ends -> delivery in the database -> signed message -> the customer's address, or again later
"""
