use theory::Table;

#[derive(Table)]
#[table(name = "shop", pk = "CUSTOMER#{customer}", sk = "ORDER#{order_id}")]
struct Order {
    customer: String,
    order_id: String,
}

#[derive(Table)]
#[table(name = "shop")]
struct Customer {
    #[table(pk = "CUSTOMER#{customer}")]
    customer: String,
}

fn main() {}
