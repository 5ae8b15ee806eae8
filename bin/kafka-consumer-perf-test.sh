#!/usr/bin/env node
'use strict'
require('./launch.js').launch('kafka-consumer-perf-test.sh')
