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
    [InlineData("_ = \"Sqlite\"; logger.LogInformation(\"{C}\", connectionString);")]
    [InlineData("throw new ArgumentException(\"is empty\", nameof(password));")]
    [InlineData("throw new LoginException(password);")]
    [InlineData("_ = System.Text.Json.JsonSerializer.Serialize(options);")]
    [InlineData("_ = $\"Password={password}\";")]
    [InlineData("new Own().LogIn(password);")]
    [InlineData("if (env.IsDevelopment()) logger.LogInformation(\"{P}\", password);")]
    [InlineData("logger.LogInformation(\"{T}\", cancellationToken);")]
    public Task What_discloses_nothing_is_silent(string statement) => RuleTest.Reports<SecretDisclosureAnalyzer>(Code(statement));

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
        public static class Keys { public const string ApiKey = "Mail:ApiKey"; }
        public class LoginException(string password) : Exception { public string Used => password; }
        public class Own { public void LogIn(string password) { } }

        public static partial class Logs
        {
            [LoggerMessage(1, LogLevel.Information, "{Password}")]
            public static partial void LogConnecting(this ILogger logger, string password);
            public static partial void LogConnecting(this ILogger logger, string password) { }
        }

        public static class Startup
        {
            public static void Run(
                ILogger logger, MailOptions options, MailOptions? nullable, RecordOptions recordOptions, PlainOptions plainOptions, string password, string? connectionString,
                Secret secret, IHostEnvironment env, CancellationToken cancellationToken)
            {
                {{statement}}
            }

            private static string Mask(string text) => "***";
        }
        """;
}
