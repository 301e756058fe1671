using Unsafe;

// Everything here compiles, starts, and goes wrong in production. Build it and read the warnings.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddOptions<MailOptions>().BindConfiguration("Mail").ValidateDataAnnotations();
builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowAnyOrigin()));
builder.Services.AddHealthChecks().AddCheck<ProviderCheck>("provider");
builder.Services.AddHttpClient();

var signingKey = builder.Configuration["Jwt:SigningKey"] ?? "correct-horse-battery-staple-1936";

var app = builder.Build();
app.UseDeveloperExceptionPage();
if (app.Environment.IsEnvironment("Prodution"))
{
    app.UseHsts();
}

app.Logger.LogInformation("Tokens are signed with {SigningKey}", signingKey);
app.MapHealthChecks("/health/live");
app.Run();
