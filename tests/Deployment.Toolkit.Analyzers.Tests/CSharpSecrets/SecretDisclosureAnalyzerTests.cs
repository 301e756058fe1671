namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class SecretDisclosureAnalyzerTests
{
    [Theory]
    [InlineData("logger.LogInformation(\"{Password}\", {|DTK3004:options.Password|});")]
    [InlineData("logger.LogError(new Exception(), $\"with {{|DTK3004:options.ApiKey|}}\");")]
    [InlineData("logger.Log(LogLevel.Debug, \"with \" + {|DTK3004:password|});")]
    [InlineData("logger.LogInformation(\"{C}\", {|DTK3004:nullable?.ApiKey|});")]
    [InlineData("logger.LogInformation(string.Format(\"{0}\", {|DTK3004:password|}));")]
    [InlineData("logger.LogInformation(\"{C}\", {|DTK3004:connectionString|} ?? \"none\");")]
    [InlineData("logger.LogInformation(\"{C}\", {|DTK3004:secret.Reveal()|});")]
    [InlineData("Console.WriteLine({|DTK3004:password|});")]
    [InlineData("Serilog.Log.Information(\"{@Options}\", {|DTK3004:options|});")]
    [InlineData("logger.LogInformation(\"{Options}\", {|DTK3004:recordOptions|});")]
    [InlineData("logger.LogInformation(System.Text.Json.JsonSerializer.Serialize({|DTK3004:options|}));")]
    [InlineData("throw new InvalidOperationException($\"cannot log in with {{|DTK3004:password|}}\");")]
    [InlineData("logger.LogConnecting({|DTK3004:password|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:password|}!);")]
    [InlineData("logger.LogInformation(\"{P}\", (object){|DTK3004:password|});")]
    public Task A_secret_that_leaves_is_reported(string statement) => RuleTest.Reports<SecretDisclosureAnalyzer>(Code(statement));

    [Theory]
    [InlineData("logger.LogInformation(\"password is {Length} long\", password.Length);")]
    [InlineData("logger.LogInformation(\"{Name} is missing\", nameof(password));")]
    [InlineData("logger.LogInformation(\"{Set}\", string.IsNullOrEmpty(password));")]
    [InlineData("logger.LogInformation(\"{Set}\", password is null ? \"unset\" : \"set\");")]
    [InlineData("logger.LogInformation(\"{P}\", Mask(password));")]
    [InlineData("logger.LogInformation(\"{P}\", secret);")]
    [InlineData("logger.LogInformation($\"{secret}\");")]
    [InlineData("logger.LogInformation(\"{P}\", options.PasswordPolicy);")]
    [InlineData("logger.LogInformation(\"{P}\", options.RequirePassword);")]
    [InlineData("logger.LogInformation(\"{P}\", Keys.ApiKey);")]
    [InlineData("logger.LogInformation(\"{Options}\", options);")]
    [InlineData("logger.LogInformation(\"{@Options}\", plainOptions);")]
    [InlineData("throw new ArgumentException(\"is empty\", nameof(password));")]
    [InlineData("throw new LoginException(password);")]
    [InlineData("_ = System.Text.Json.JsonSerializer.Serialize(options);")]
    [InlineData("_ = $\"Password={password}\";")]
    [InlineData("new Own().LogIn(password);")]
    [InlineData("if (env.IsDevelopment()) logger.LogInformation(\"{P}\", password);")]
    [InlineData("logger.LogInformation(\"{T}\", cancellationToken);")]
    public Task What_discloses_nothing_is_silent(string statement) => RuleTest.Reports<SecretDisclosureAnalyzer>(Code(statement));

    [Theory]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config[\"Db:Password\"]|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config[\"Db:Password\"]|}!);")]
    [InlineData("logger.LogInformation($\"with {{|DTK3004:config[\"Api:Key\"]|}}\");")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config[Keys.ApiKey]|} ?? \"none\");")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:maybe?[\"Db:Password\"]|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:root[\"Storage:AccountKey\"]|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config.GetValue<string>(\"Db:Password\")|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config.GetValue(\"Db:Password\", \"\")|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config.GetSection(\"Db:Password\").Value|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config.GetSection(\"Db\").GetRequiredSection(\"Password\").Value|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config.GetSection(\"Jwt\")[\"Key\"]|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:config.GetSection(\"Db:Password\").Get<string>()|});")]
    [InlineData("logger.LogInformation(\"{C}\", {|DTK3004:config.GetConnectionString(\"Main\")|});")]
    [InlineData("logger.LogInformation(\"{C}\", {|DTK3004:config.GetConnectionString(password)|});")]
    [InlineData("logger.LogInformation(\"{C}\", {|DTK3004:maybe?.GetConnectionString(\"Main\")|});")]
    [InlineData("logger.LogInformation(\"{C}\", {|DTK3004:config[\"ConnectionStrings:Main\"]|});")]
    [InlineData("logger.LogInformation(\"{C}\", {|DTK3004:config.GetSection(\"ConnectionStrings\")[\"Main\"]|});")]
    [InlineData("logger.LogInformation(\"{P}\", {|DTK3004:Environment.GetEnvironmentVariable(\"DB_PASSWORD\")|});")]
    [InlineData("Console.WriteLine(\"Db: \" + {|DTK3004:config[\"Db:Password\"]|});")]
    [InlineData("throw new InvalidOperationException($\"cannot open {{|DTK3004:config.GetConnectionString(\"Main\")|}}\");")]
    public Task A_secret_that_is_read_where_it_leaves_is_reported(string statement) => RuleTest.Reports<SecretDisclosureAnalyzer>(Code(statement));

    [Theory]
    [InlineData("logger.LogInformation(\"{P}\", config[\"Db:Host\"]);")]
    [InlineData("logger.LogInformation(\"{P}\", config[\"Password:MinLength\"]);")]
    [InlineData("logger.LogInformation(\"{P}\", config[\"Identity:RequirePassword\"]);")]
    [InlineData("logger.LogInformation(\"{P}\", config[\"Cache:Key\"]);")]
    [InlineData("logger.LogInformation(\"{P}\", config[\"Jwt:PublicKey\"]);")]
    [InlineData("logger.LogInformation(\"{P}\", config[password]);")]
    [InlineData("logger.LogInformation(\"{P}\", texts[\"Password\"]);")]
    [InlineData("logger.LogInformation(\"{P}\", config.GetValue<bool>(\"Db:Password\"));")]
    [InlineData("logger.LogInformation(\"{P}\", config.GetValue<string>(\"Db:Host\"));")]
    [InlineData("logger.LogInformation(\"{P}\", config.GetSection(\"Db:Password\").Path);")]
    [InlineData("logger.LogInformation(\"{P}\", config.GetSection(\"Db:Password\").Exists());")]
    [InlineData("logger.LogInformation(\"{P}\", config[\"Db:Password\"] is null ? \"unset\" : \"set\");")]
    [InlineData("logger.LogInformation(\"{P}\", string.IsNullOrEmpty(config.GetConnectionString(\"Main\")));")]
    [InlineData("logger.LogInformation(\"{P}\", config[\"Db:Password\"]?.Length);")]
    [InlineData("logger.LogInformation(\"{P}\", Mask(config[\"Db:Password\"]!));")]
    [InlineData("logger.LogInformation(\"{C}\", config.GetConnectionString(\"Sqlite\"));")]
    [InlineData("logger.LogInformation(\"{C}\", new Own().GetConnectionString(\"Main\"));")]
    [InlineData("logger.LogInformation(\"{P}\", Environment.GetEnvironmentVariable(\"PWD\"));")]
    [InlineData("throw new LoginException(config.GetConnectionString(\"Main\")!);")]
    [InlineData("if (env.IsDevelopment()) logger.LogInformation(\"{P}\", config[\"Db:Password\"]);")]
    public Task What_is_read_and_no_secret_is_silent(string statement) => RuleTest.Reports<SecretDisclosureAnalyzer>(Code(statement));

    // That a program has a database in a file too says nothing of another connection.
    [Theory]
    [InlineData("_ = \"Sqlite\"; logger.LogInformation(\"{C}\", {|DTK3004:connectionString|});")]
    [InlineData("_ = new SqliteConnection(\"Data Source=cache.db\"); logger.LogInformation(\"{C}\", {|DTK3004:connectionString|});")]
    [InlineData("_ = new SqliteConnection(\"Data Source=cache.db\"); logger.LogInformation(\"{C}\", {|DTK3004:config.GetConnectionString(\"Main\")|});")]
    [InlineData("_ = new SqliteConnection(config.GetConnectionString(\"Cache\")); logger.LogInformation(\"{C}\", {|DTK3004:config.GetConnectionString(\"Main\")|});")]
    [InlineData("config.UseSqlite(connectionString); config.UseNpgsql(connectionString); logger.LogInformation(\"{C}\", {|DTK3004:connectionString|});")]
    [InlineData("config.UseSqlite(dbOptions.FileConnectionString); logger.LogInformation(\"{C}\", {|DTK3004:dbOptions.ConnectionString|});")]
    [InlineData("config.UseSqlite(\"Cache\"); logger.LogInformation(\"{C}\", {|DTK3004:config.GetConnectionString(\"Main\")|});")]
    [InlineData("config.UseSqlite(connectionString); logger.LogInformation(\"{P}\", {|DTK3004:password|});")]
    public Task Another_connection_beside_a_database_in_a_file_is_reported(string statement) =>
        RuleTest.Reports<SecretDisclosureAnalyzer>(Code(statement));

    [Theory]
    [InlineData("_ = new SqliteConnection(connectionString); logger.LogInformation(\"{C}\", connectionString);")]
    [InlineData("SqliteConnection _ = new(connectionString!); logger.LogInformation(\"{C}\", connectionString ?? \"none\");")]
    [InlineData("var sqliteConnectionString = plainOptions.Server; logger.LogInformation(\"{C}\", sqliteConnectionString);")]
    [InlineData("var connection = new SqliteConnection(plainOptions.Server); logger.LogInformation(\"{C}\", connection.ConnectionString);")]
    [InlineData("var itsConnectionString = new SqliteConnection(plainOptions.Server).ToString(); logger.LogInformation(\"{C}\", itsConnectionString);")]
    [InlineData("var itsConnectionString = config.GetConnectionString(\"Main\"); config.UseSqlite(itsConnectionString); logger.LogInformation(\"{C}\", config[\"ConnectionStrings:Main\"]);")]
    [InlineData("var copiedConnectionString = connectionString; config.UseSqlite(copiedConnectionString); logger.LogInformation(\"{C}\", connectionString);")]
    [InlineData("config.UseSqlite(dbOptions.ConnectionString); var others = dbOptions; logger.LogInformation(\"{C}\", others.ConnectionString);")]
    [InlineData("config.UseSqlite(\"Main\"); logger.LogInformation(\"{C}\", config.GetConnectionString(\"Main\"));")]
    [InlineData("config.UseSqlite(\"Name=ConnectionStrings:Main\"); logger.LogInformation(\"{C}\", config.GetConnectionString(\"Main\"));")]
    public Task What_is_known_to_name_a_file_is_silent(string statement) => RuleTest.Reports<SecretDisclosureAnalyzer>(Code(statement));

    [Fact]
    public Task The_message_names_the_key() => RuleTest.Expects<SecretDisclosureAnalyzer>(
        Code("logger.LogInformation(\"{P}\", {|#0:config.GetSection(\"Db\")[\"Password\"]|});"),
        new Microsoft.CodeAnalysis.Testing.DiagnosticResult(Rules.SecretDisclosed).WithLocation(0).WithArguments("Db:Password", "logged"));

    [Fact]
    public Task A_programs_database_in_a_file_has_no_password() => RuleTest.ReportsInStatements<SecretDisclosureAnalyzer>(
        """
        using Microsoft.EntityFrameworkCore;

        var builder = WebApplication.CreateBuilder(args);
        var connectionString = builder.Configuration.GetConnectionString("Main");
        builder.Services.AddDbContext<Db>(o => o.UseSqlite(connectionString));
        var app = builder.Build();
        app.Logger.LogInformation("{C} {D}", connectionString, builder.Configuration.GetConnectionString("Main"));

        public class Db : DbContext;
        public static class Sqlite { public static void UseSqlite(this DbContextOptionsBuilder o, string? c) { } }
        """);

    private static string Code(string statement) =>
        $$"""
        using Deployment.Toolkit;

        public class MailOptions
        {
            public string? Password { get; set; }
            public string ApiKey { get; set; } = "";
            public string PasswordPolicy { get; set; } = "";
            public bool RequirePassword { get; set; }
        }

        public record RecordOptions(string Server, string Password);
        public class PlainOptions { public string? Server { get; set; } }
        public class DbOptions { public string ConnectionString { get; set; } = ""; public string FileConnectionString { get; set; } = ""; }
        public class SqliteConnection(string? text) { public string? ConnectionString => text; }
        public static class Providers { public static void UseSqlite(this IConfiguration c, string? s) { } public static void UseNpgsql(this IConfiguration c, string? s) { } }
        public static class Keys { public const string ApiKey = "Mail:ApiKey"; }
        public class LoginException(string password) : Exception { public string Used => password; }
        public class Own { public void LogIn(string password) { } public string GetConnectionString(string name) => name; }

        public static partial class Logs
        {
            [LoggerMessage(1, LogLevel.Information, "{Password}")]
            public static partial void LogConnecting(this ILogger logger, string password);
            public static partial void LogConnecting(this ILogger logger, string password) { }
        }

        public static class Startup
        {
            public static void Run(
                ILogger logger, MailOptions options, MailOptions? nullable, RecordOptions recordOptions, PlainOptions plainOptions, DbOptions dbOptions, string password, string? connectionString,
                Secret secret, IHostEnvironment env, IConfiguration config, IConfiguration? maybe, IConfigurationRoot root, Dictionary<string, string> texts,
                CancellationToken cancellationToken)
            {
                {{statement}}
            }

            private static string Mask(string text) => "***";
        }
        """;
}
