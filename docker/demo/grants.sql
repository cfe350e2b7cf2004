-- Run once, on the demo's server. The image has made the account itself, with no privilege, from MYSQL_USER and its secret.
GRANT REPLICATION SLAVE ON *.* TO 'audit_overlay'@'%';
