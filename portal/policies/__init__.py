"""政策目录 and 资格判定: pure, without database, web or today; the day is always an argument."""
