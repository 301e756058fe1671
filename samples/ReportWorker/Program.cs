using Deployment.Toolkit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ReportWorker.Reports;

var builder = Host.CreateApplicationBuilder(args);

builder.Services.AddDbContext<ReportContext>(
    (services, options) => options.UseNpgsql(services.GetRequiredService<IConfiguration>().GetConnectionString("Reports"))
);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddHostedService<ReportWriter>();
builder.Services.AddHealthChecks().AddCheck<ReportsReadable>("reports", tags: ["ready"]);

builder
    .AddDeployment()
    .AddEnvironments(e => e.Add("Development").Add("Production", p => p.PromotedFrom("Development").Protected()))
    .AddValidatedOptions<ReportOptions>("Reports", o => o.Must(r => r.Every > TimeSpan.Zero, "Every is no time at all", r => r.Every))
    // The database is all that this app keeps: its machine, container or folder may be another one each time.
    .UsePostgreSql(NpgsqlFactory.Instance, "Reports")
    .ForJournal()
    .WithoutBackup("the server's operator takes them, and each migration has a way back")
    .AddMigrations(m => m.FromDbContext<ReportContext>())
    // A replica that starts before the deployment is through waits for it, and never works on an old schema.
    .GuardSchema(SchemaOnStart.WaitForSchema)
    .AddHealthGate(h => h.RequireTag("ready"));

using var host = builder.Build();
return await host.RunDeploymentAsync(args);
