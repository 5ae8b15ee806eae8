#!/usr/bin/env node
'use strict'
require('./launch.js').launch('kafka-protobuf-console-producer.sh')
