#!/usr/bin/env node
'use strict'
require('./launch.js').launch('zookeeper-server-stop.sh')
