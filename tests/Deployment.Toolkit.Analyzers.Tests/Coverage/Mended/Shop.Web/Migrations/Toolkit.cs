using System.Threading;
using System.Threading.Tasks;
using Deployment.Toolkit;
using Deployment.Toolkit.Migrations;

namespace Shop.Web.Migrations;

[Migration("0010", "backfill prices")]
[Irreversible("Which prices were missing is not kept.")]
public sealed class BackfillPrices : Migration
{
    public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) =>
        context.ExecuteAsync("UPDATE products SET price = 0 WHERE price IS NULL", cancellationToken);
}

[Migration("0011", "backfill names")]
public sealed class BackfillNames : Migration
{
    public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) =>
        context.ExecuteAsync("UPDATE products SET name = '' WHERE name IS NULL", cancellationToken);

    public override Task DownAsync(MigrationContext context, CancellationToken cancellationToken) =>
        context.ExecuteAsync("UPDATE products SET name = NULL WHERE name = ''", cancellationToken);
}

[Migration("0012", "index products")]
public sealed class IndexProducts : Migration
{
    public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) =>
        context.ExecuteAsync("CREATE INDEX products_name ON products (name)", cancellationToken);

    public override Task DownAsync(MigrationContext context, CancellationToken cancellationToken) =>
        context.ExecuteAsync("DROP INDEX products_name", cancellationToken);
}
