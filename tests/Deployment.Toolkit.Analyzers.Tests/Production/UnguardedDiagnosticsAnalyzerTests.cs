using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class UnguardedDiagnosticsAnalyzerTests
{
    private const string App = "var app = builder.Build();\n";

    [Theory]
    [InlineData(App + "app.{|DTK4001:UseDeveloperExceptionPage|}();")]
    [InlineData(App + "if (app.Environment.IsProduction()) app.{|DTK4001:UseDeveloperExceptionPage|}();")]
    [InlineData(App + "if (args.Length > 0) app.{|DTK4001:UseDeveloperExceptionPage|}();")]
    [InlineData(App + "if (app.Environment.IsDevelopment()) { } else { app.{|DTK4001:UseDeveloperExceptionPage|}(); }")]
    [InlineData(App + "if (app.Environment.IsDevelopment() || args.Length > 0) { app.{|DTK4001:UseDeveloperExceptionPage|}(); }")]
    [InlineData(App + "if (app.Environment.EnvironmentName != \"Development\") app.{|DTK4001:UseDeveloperExceptionPage|}();")]
    [InlineData("builder.Services.AddDbContext<Db>(o => o.UseSqlServer(\"\").{|DTK4001:EnableSensitiveDataLogging|}().{|DTK4001:EnableDetailedErrors|}(true));")]
    [InlineData("{|DTK4001:Microsoft.IdentityModel.Logging.IdentityModelEventSource.ShowPII = true|};")]
    [InlineData("builder.Services.AddSignalR(o => {|DTK4001:o.EnableDetailedErrors = true|});")]
    [InlineData("builder.Services.Configure<Grpc.AspNetCore.Server.GrpcServiceOptions>(o => { {|DTK4001:o.EnableDetailedErrors = true|}; });")]
    [InlineData("builder.Services.AddServerSideBlazor(o => {|DTK4001:o.DetailedErrors = true|});")]
    [InlineData("_ = new Npgsql.NpgsqlConnectionStringBuilder { {|DTK4001:IncludeErrorDetail = true|} };")]
    [InlineData("builder.WebHost.{|DTK4001:CaptureStartupErrors|}(true).{|DTK4001:UseSetting|}(WebHostDefaults.DetailedErrorsKey, \"true\");")]
    public Task What_shows_details_everywhere_is_reported(string statements) => RuleTest.ReportsInProgram<UnguardedDiagnosticsAnalyzer>(statements);

    [Theory]
    [InlineData(App + "if (app.Environment.IsDevelopment()) { app.UseDeveloperExceptionPage(); }")]
    [InlineData(App + "if (!app.Environment.IsProduction()) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.IsProduction()) { } else app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (!app.Environment.IsDevelopment()) { app.UseHsts(); return; }\napp.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.IsDevelopment() && args.Length > 0) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.IsDevelopment() || app.Environment.IsStaging()) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.EnvironmentName == \"Development\") app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.EnvironmentName is \"Development\" or \"Local\") app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (string.Equals(app.Environment.EnvironmentName, Environments.Development, StringComparison.OrdinalIgnoreCase)) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (Environment.GetEnvironmentVariable(\"ASPNETCORE_ENVIRONMENT\") == \"Development\") app.UseDeveloperExceptionPage();")]
    [InlineData(App + "var lenient = app.Environment.IsDevelopment();\nif (lenient) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "switch (app.Environment.EnvironmentName) { case \"Development\": app.UseDeveloperExceptionPage(); break; }")]
    [InlineData(App + "_ = app.Environment.IsDevelopment() ? app.UseDeveloperExceptionPage() : app.UseExceptionHandler();")]
    [InlineData(App + "if (Lenient(app.Environment)) app.UseDeveloperExceptionPage();", "public static partial class Program { static bool Lenient(IHostEnvironment e) => !e.IsEnvironment(\"Production\"); }")]
    [InlineData(App + "if (app.Environment.IsDevelopment()) Pages(app);", "public static partial class Program { static void Pages(IApplicationBuilder a) => a.UseDeveloperExceptionPage(); }")]
    [InlineData("", "public class Startup { public void ConfigureDevelopment(IApplicationBuilder a) => a.UseDeveloperExceptionPage(); }")]
    [InlineData("", "public class StartupDevelopment { public void Configure(IApplicationBuilder a) => a.UseDeveloperExceptionPage(); }")]
    [InlineData("", "public class Factory : Microsoft.EntityFrameworkCore.Design.IDesignTimeDbContextFactory<Db> { public Db CreateDbContext(string[] a) { new DbContextOptionsBuilder().EnableSensitiveDataLogging(); return new(); } }")]
    [InlineData("if (builder.Configuration.GetValue<bool>(\"Ef:LogSensitiveData\")) builder.Services.AddDbContext<Db>(o => o.EnableSensitiveDataLogging());")]
    [InlineData("builder.Services.AddDbContext<Db>(o => o.EnableSensitiveDataLogging(builder.Environment.IsDevelopment()).EnableDetailedErrors(false));")]
    [InlineData("if (builder.Environment.IsDevelopment()) { builder.Services.AddDbContext<Db>((p, o) => { o.EnableSensitiveDataLogging(); }); }")]
    [InlineData("builder.Services.AddSignalR(o => o.EnableDetailedErrors = builder.Environment.IsDevelopment());")]
    [InlineData("#if DEBUG\n#else\n#endif\n#if !DEBUG\n#else\nbuilder.Services.AddSignalR(o => o.EnableDetailedErrors = true);\n#endif")]
    [InlineData("new Own().EnableDetailedErrors = true; new Own().UseDeveloperExceptionPage();", "public class Own { public bool EnableDetailedErrors; public void UseDeveloperExceptionPage() { } }")]
    [InlineData("builder.WebHost.CaptureStartupErrors(false).UseSetting(WebHostDefaults.ApplicationKey, \"true\");")]
    public Task What_a_check_or_a_switch_guards_is_silent(string statements, string rest = "") =>
        RuleTest.ReportsInProgram<UnguardedDiagnosticsAnalyzer>(statements, rest);

    [Fact]
    public Task A_helper_that_also_runs_in_production_is_reported() => RuleTest.ReportsInProgram<UnguardedDiagnosticsAnalyzer>(
        App + "if (app.Environment.IsDevelopment()) Pages(app);\nPages(app);",
        "public static partial class Program { static void Pages(IApplicationBuilder a) => a.{|DTK4001:UseDeveloperExceptionPage|}(); }");

    [Fact]
    public Task A_test_project_is_silent() => RuleTest.Reports<UnguardedDiagnosticsAnalyzer>(
        RuleTest.Program(App + "app.UseDeveloperExceptionPage();"), LibraryApi.Assembly("xunit.v3.core"));

    [Fact]
    public Task The_fix_guards_with_whatever_knows_the_environment() => RuleTest.Fixes<UnguardedDiagnosticsAnalyzer, GuardDiagnosticsCodeFix>(
        RuleTest.Program(
            """
            builder.Services.AddDbContext<Db>(o => o.UseSqlServer("").{|DTK4001:EnableSensitiveDataLogging|}().{|DTK4001:EnableDetailedErrors|}(true));
            builder.Services.AddSignalR(o => {|DTK4001:o.EnableDetailedErrors = true|});
            var app = builder.Build();

            // Nice pages.
            app.{|DTK4001:UseDeveloperExceptionPage|}();
            """),
        RuleTest.Program(
            """
            builder.Services.AddDbContext<Db>(o => o.UseSqlServer("").EnableSensitiveDataLogging(builder.Environment.IsDevelopment()).EnableDetailedErrors(builder.Environment.IsDevelopment()));
            builder.Services.AddSignalR(o => o.EnableDetailedErrors = builder.Environment.IsDevelopment());
            var app = builder.Build();

            // Nice pages.
            if (app.Environment.IsDevelopment())
            {
                app.UseDeveloperExceptionPage();
            }
            """));

    [Fact]
    public Task No_fix_is_offered_where_nothing_knows_the_environment() => RuleTest.Fixes<UnguardedDiagnosticsAnalyzer, GuardDiagnosticsCodeFix>(
        "public class Startup { public void Configure(IApplicationBuilder app) => app.{|DTK4001:UseDeveloperExceptionPage|}(); }", null);

    private const string Switch = "services.AddSignalR(o => {|DTK4001:o.EnableDetailedErrors = true|})";

    // Longer than what is before the app in Program.cs: positions of two files tell nothing of each other.
    private const string Extension = "public static class ChatServices { public static IServiceCollection AddChatToTheServicesOfTheShop(this IServiceCollection services";

    [Theory]
    [InlineData(Extension + ") { " + Switch + "; return services; } }")]
    [InlineData("public class Chat { private readonly Action<IServiceCollection> _add = services => " + Switch + "; }")]
    [InlineData("public class Chat(IServiceCollection services) { private readonly IHostEnvironment? _env; private readonly object _added = " + Switch + "; }")]
    [InlineData("public class Chat(IHostEnvironment env) { public IHostEnvironment Env => env; public static void Add(IServiceCollection services) => " + Switch + "; }")]
    [InlineData("public class Shop(IHostEnvironment env) { public IHostEnvironment Env => env; public class Chat { public void Add(IServiceCollection services) => " + Switch + "; } }")]
    [InlineData("public class Chat { private readonly IHostEnvironment? _env; public class In { public void Add(IServiceCollection services) => " + Switch + "; } }")]
    [InlineData("public class Chat { public static void Add(IServiceCollection services, IHostEnvironment env) => services.AddSignalR(static o => {|DTK4001:o.EnableDetailedErrors = true|}); }")]
    [InlineData("public class Chat { public static void Add(IServiceCollection services, in IHostEnvironment env) => " + Switch + "; }")]
    [InlineData("public class Chat { public void Add(IHostEnvironment env, IServiceCollection services) { Go(services); static void Go(IServiceCollection services) => " + Switch + "; } }")]
    [InlineData("public class Chat { public void Add(IServiceCollection services) { IHostEnvironment env; " + Switch + "; } }")]
    public Task No_fix_is_offered_where_the_environment_is_out_of_reach(string code) => FixesBesideProgram(code, null);

    [Theory]
    [InlineData(Extension + ", WebApplicationBuilder builder) { ", "; return services; } }", "builder.Environment")]
    [InlineData("public class Chat(IHostEnvironment env) { public void Add(IServiceCollection services) => ", "; }", "env")]
    [InlineData("public class Chat(IServiceCollection services, IHostEnvironment env) { private readonly object _added = ", "; }", "env")]
    [InlineData("public class Chat { private static readonly IHostEnvironment s_env = null!; public class In { public void Add(IServiceCollection services) => ", "; } }", "s_env")]
    [InlineData("public class Base { protected IHostEnvironment Env => null!; } public class Chat : Base { public void Add(IServiceCollection services) => ", "; }", "Env")]
    [InlineData("public class Chat { public void Add(IHostEnvironment env, IServiceCollection services) { Go(); void Go() => ", "; } }", "env")]
    public Task The_fix_takes_what_is_within_reach(string before, string after, string environment) => FixesBesideProgram(
        before + Switch + after, before + $"services.AddSignalR(o => o.EnableDetailedErrors = {environment}.IsDevelopment())" + after);

    [Theory]
    [InlineData("public static class Chat { public static void Add(IServiceCollection services) => ", "; }", null)]
    [InlineData("public static class Chat { public static void Add(IServiceCollection services, WebApplicationBuilder builder) => ", "; }", "builder.Environment")]
    public Task A_programs_own_locals_are_out_of_reach_for_the_types_below_it(string before, string after, string? environment) => Fixes(
        ("/0/Program.cs", Statements + before + Switch + after),
        environment is null
            ? null
            : ("/0/Program.cs", Statements + before + $"services.AddSignalR(o => o.EnableDetailedErrors = {environment}.IsDevelopment())" + after));

    [Fact]
    public Task A_programs_own_locals_serve_the_program() => Fixes(
        ("/0/Program.cs", Statements.Replace("app.Run();", "Add(builder.Services);\nvoid Add(IServiceCollection services) => " + Switch + ";\n", StringComparison.Ordinal)),
        ("/0/Program.cs", Statements.Replace(
            "app.Run();",
            "Add(builder.Services);\nvoid Add(IServiceCollection services) => services.AddSignalR(o => o.EnableDetailedErrors = app.Environment.IsDevelopment());\n",
            StringComparison.Ordinal)));

    private const string Statements = "var builder = WebApplication.CreateBuilder(args);\nvar app = builder.Build();\napp.Run();\n";

    private static Task FixesBesideProgram(string code, string? fixedCode) =>
        Fixes(("/0/Chat.cs", code), fixedCode is null ? null : ("/0/Chat.cs", fixedCode), ("/0/Program.cs", Statements));

    private static Task Fixes((string Name, string Text) source, (string Name, string Text)? fixedSource, params (string Name, string Text)[] others)
    {
        var test = new CSharpCodeFixTest<UnguardedDiagnosticsAnalyzer, GuardDiagnosticsCodeFix>();
        Prepare(test.TestState, source);
        if (fixedSource is { } mended)
        {
            Prepare(test.FixedState, mended);
        }

        return test.RunAsync(TestContext.Current.CancellationToken);

        void Prepare(Microsoft.CodeAnalysis.Testing.SolutionState state, (string Name, string Text) first)
        {
            state.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
            foreach (var (name, text) in (IEnumerable<(string Name, string Text)>)[first, .. others])
            {
                state.Sources.Add((name, Imports + text));
            }
        }
    }

    private const string Imports =
        """
        using System;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;

        """;

    [Fact]
    public async Task The_fix_imports_what_it_needs_once()
    {
        const string Before =
            """
            // Starts.
            using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.Options;

            public class Startup
            {
                public void Configure(IApplicationBuilder app, Microsoft.AspNetCore.Hosting.IWebHostEnvironment env)
                {
                    app.{|DTK4001:UseDeveloperExceptionPage|}();
                    app.{|DTK4001:UseDeveloperExceptionPage|}(new DeveloperExceptionPageOptions());
                }
            }
            """;
        const string After =
            """
            // Starts.
            using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.Hosting;
            using Microsoft.Extensions.Options;

            public class Startup
            {
                public void Configure(IApplicationBuilder app, Microsoft.AspNetCore.Hosting.IWebHostEnvironment env)
                {
                    if (env.IsDevelopment())
                    {
                        app.UseDeveloperExceptionPage();
                    }
                    if (env.IsDevelopment())
                    {
                        app.UseDeveloperExceptionPage(new DeveloperExceptionPageOptions());
                    }
                }
            }
            """;
        await new CSharpCodeFixTest<UnguardedDiagnosticsAnalyzer, GuardDiagnosticsCodeFix> { TestCode = Before, FixedCode = After }
            .RunAsync(TestContext.Current.CancellationToken);
    }
}
