using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.KillApp;

[Migration("0004", "fill titles")]
internal sealed class FillTitles : Migration
{
    public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken) =>
        await context.ExecuteAsync("UPDATE items SET title = 'item ' || id", cancellationToken);

    public override async Task DownAsync(MigrationContext context, CancellationToken cancellationToken) =>
        await context.ExecuteAsync("UPDATE items SET title = NULL", cancellationToken);
}
