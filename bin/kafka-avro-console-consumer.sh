#!/usr/bin/env node
'use strict'
require('./launch.js').launch('kafka-avro-console-consumer.sh')
