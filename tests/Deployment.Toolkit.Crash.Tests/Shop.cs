namespace Deployment.Toolkit.Crash.Tests;

/// <summary>A schema as apps have it: eleven tables that refer to each other, triggers, and virtual tables that write by themselves.</summary>
internal static class Shop
{
    internal const string Up = """
        CREATE TABLE countries (code TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE customers (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, country TEXT REFERENCES countries (code));
        CREATE TABLE addresses (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, street TEXT);
        CREATE TABLE categories (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES categories (id) ON DELETE SET NULL, name TEXT);
        CREATE TABLE products (id INTEGER PRIMARY KEY, category INTEGER REFERENCES categories (id), name TEXT NOT NULL, price REAL NOT NULL DEFAULT 0);
        CREATE TABLE stock (product INTEGER PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE, amount INTEGER NOT NULL);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers (id), at TEXT DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE order_lines (order_id INTEGER REFERENCES orders (id) ON DELETE CASCADE, product INTEGER REFERENCES products (id), amount INTEGER, PRIMARY KEY (order_id, product));
        CREATE TABLE payments (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), cents INTEGER, total REAL AS (cents / 100.0));
        CREATE TABLE reviews (id INTEGER PRIMARY KEY, product INTEGER REFERENCES products (id) ON DELETE CASCADE, text TEXT);
        CREATE TABLE audit (at TEXT, what TEXT);
        CREATE TRIGGER ordered AFTER INSERT ON order_lines BEGIN UPDATE stock SET amount = amount - new.amount WHERE product = new.product; INSERT INTO audit VALUES ('now', 'ordered'); END;
        CREATE VIRTUAL TABLE found USING fts5 (text);
        CREATE VIRTUAL TABLE places USING rtree (id, low, high);
        INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France');
        INSERT INTO customers (name, country) VALUES ('a', 'de'), ('b', 'fr');
        INSERT INTO categories VALUES (1, NULL, 'all'), (2, 1, 'some');
        INSERT INTO products (id, category, name) VALUES (1, 1, 'x'), (2, 2, 'y');
        INSERT INTO stock VALUES (1, 10), (2, 10);
        INSERT INTO orders (id, customer, at) VALUES (1, 1, '2026-11-21 05:35:43');
        INSERT INTO order_lines VALUES (1, 1, 3);
        INSERT INTO found VALUES ('what is found'), ('and what is not');
        INSERT INTO places VALUES (1, 0, 1);
        UPDATE items SET name = name || '!' WHERE name = 'two';
        """;

    internal const string Down = """
        UPDATE items SET name = 'two' WHERE name = 'two!';
        DROP TABLE places;
        DROP TABLE found;
        DROP TABLE audit;
        DROP TABLE reviews;
        DROP TABLE payments;
        DROP TABLE order_lines;
        DROP TABLE orders;
        DROP TABLE stock;
        DROP TABLE products;
        DROP TABLE categories;
        DROP TABLE addresses;
        DROP TABLE customers;
        DROP TABLE countries;
        """;
}
