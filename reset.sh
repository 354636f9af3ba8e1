. /tmp/stranger/env.sh
if [ -f $PORTAL_INSTANCE/postgres/postmaster.pid ]; then kill -INT $(head -1 $PORTAL_INSTANCE/postgres/postmaster.pid); sleep 1.5; fi
ls $PORTAL_INSTANCE
rm -rf $PORTAL_INSTANCE; if [ -d /tmp/stranger/inst0 ]; then cp -a /tmp/stranger/inst0 $PORTAL_INSTANCE; else $F db upgrade 2>/dev/null; $F units load /tmp/stranger/units.csv --json 2>/dev/null;  fi
