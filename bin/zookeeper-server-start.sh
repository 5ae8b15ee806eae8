#!/usr/bin/env node
'use strict'
require('./launch.js').launch('zookeeper-server-start.sh')
