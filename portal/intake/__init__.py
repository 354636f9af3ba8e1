"""Files come in: 学籍名册, 困难群体名单, 受助名单."""
