// The tables of Sakila, MySQL's public sample database of a film rental shop: their structure only, without views and triggers.
const stamp = "last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP";
const small = (name: string): string => `${name} SMALLINT UNSIGNED NOT NULL`;
const key = (column: string, table: string, to = column): string =>
  `FOREIGN KEY (${column}) REFERENCES ${table} (${to})`;

export const sakila: readonly string[] = [
  `CREATE TABLE actor (actor_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, first_name VARCHAR(45) NOT NULL, last_name VARCHAR(45) NOT NULL, ${stamp})`,
  `CREATE TABLE category (category_id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(25) NOT NULL, ${stamp})`,
  `CREATE TABLE language (language_id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name CHAR(20) NOT NULL, ${stamp})`,
  `CREATE TABLE country (country_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, country VARCHAR(50) NOT NULL, ${stamp})`,
  `CREATE TABLE city (city_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, city VARCHAR(50) NOT NULL, ${small("country_id")}, ${stamp}, ${key("country_id", "country")})`,
  `CREATE TABLE address (address_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, address VARCHAR(50) NOT NULL, address2 VARCHAR(50), district VARCHAR(20) NOT NULL, ${small("city_id")}, postal_code VARCHAR(10), phone VARCHAR(20) NOT NULL, location GEOMETRY NOT NULL, ${stamp}, ${key("city_id", "city")})`,
  `CREATE TABLE film (film_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, title VARCHAR(128) NOT NULL, description TEXT, release_year YEAR, language_id TINYINT UNSIGNED NOT NULL, original_language_id TINYINT UNSIGNED, rental_duration TINYINT UNSIGNED NOT NULL DEFAULT 3, rental_rate DECIMAL(4,2) NOT NULL DEFAULT 4.99, length SMALLINT UNSIGNED, replacement_cost DECIMAL(5,2) NOT NULL DEFAULT 19.99, rating ENUM('G','PG','PG-13','R','NC-17') DEFAULT 'G', special_features SET('Trailers','Commentaries','Deleted Scenes','Behind the Scenes'), ${stamp}, ${key("language_id", "language")}, ${key("original_language_id", "language", "language_id")})`,
  `CREATE TABLE film_actor (${small("actor_id")}, ${small("film_id")}, ${stamp}, PRIMARY KEY (actor_id, film_id), ${key("actor_id", "actor")}, ${key("film_id", "film")})`,
  `CREATE TABLE film_category (${small("film_id")}, category_id TINYINT UNSIGNED NOT NULL, ${stamp}, PRIMARY KEY (film_id, category_id), ${key("film_id", "film")}, ${key("category_id", "category")})`,
  `CREATE TABLE film_text (film_id SMALLINT PRIMARY KEY, title VARCHAR(255) NOT NULL, description TEXT)`,
  `CREATE TABLE store (store_id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, manager_staff_id TINYINT UNSIGNED NOT NULL, ${small("address_id")}, ${stamp}, ${key("address_id", "address")})`,
  `CREATE TABLE staff (staff_id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, first_name VARCHAR(45) NOT NULL, last_name VARCHAR(45) NOT NULL, ${small("address_id")}, picture BLOB, email VARCHAR(50), store_id TINYINT UNSIGNED NOT NULL, active BOOLEAN NOT NULL DEFAULT TRUE, username VARCHAR(16) NOT NULL, password VARCHAR(40), ${stamp}, ${key("store_id", "store")}, ${key("address_id", "address")})`,
  `ALTER TABLE store ADD ${key("manager_staff_id", "staff", "staff_id")}`,
  `CREATE TABLE customer (customer_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, store_id TINYINT UNSIGNED NOT NULL, first_name VARCHAR(45) NOT NULL, last_name VARCHAR(45) NOT NULL, email VARCHAR(50), ${small("address_id")}, active BOOLEAN NOT NULL DEFAULT TRUE, create_date DATETIME NOT NULL, ${stamp}, ${key("address_id", "address")}, ${key("store_id", "store")})`,
  `CREATE TABLE inventory (inventory_id MEDIUMINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, ${small("film_id")}, store_id TINYINT UNSIGNED NOT NULL, ${stamp}, ${key("store_id", "store")}, ${key("film_id", "film")})`,
  `CREATE TABLE rental (rental_id INT AUTO_INCREMENT PRIMARY KEY, rental_date DATETIME NOT NULL, inventory_id MEDIUMINT UNSIGNED NOT NULL, ${small("customer_id")}, return_date DATETIME, staff_id TINYINT UNSIGNED NOT NULL, ${stamp}, UNIQUE KEY (rental_date, inventory_id, customer_id), ${key("staff_id", "staff")}, ${key("inventory_id", "inventory")}, ${key("customer_id", "customer")})`,
  `CREATE TABLE payment (payment_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, ${small("customer_id")}, staff_id TINYINT UNSIGNED NOT NULL, rental_id INT, amount DECIMAL(5,2) NOT NULL, payment_date DATETIME NOT NULL, ${stamp}, ${key("rental_id", "rental")}, ${key("customer_id", "customer")}, ${key("staff_id", "staff")})`,
];
